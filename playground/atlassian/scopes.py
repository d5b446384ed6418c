"""What an app may ask of a person at Atlassian, and which of it each kind of request needs."""

# Classic scopes cover the platform's REST API (the `security` of its OpenAPI description). Jira Software's agile paths
# know only granular ones: https://developer.atlassian.com/cloud/jira/software/rest/ names them at each operation.
USER = ("read:jira-user",)
READ = ("read:jira-work",)
WRITE = ("write:jira-work",)
BOARDS = ("read:board-scope:jira-software", "read:project:jira")
BOARD = ("read:board-scope:jira-software", "read:issue-details:jira")
CONFIGURATION = ("read:board-scope.admin:jira-software", "read:project:jira")
SPRINTS = ("read:sprint:jira-software",)
PLAN = ("write:sprint:jira-software",)
SPRINT_ISSUES = ("read:sprint:jira-software", "read:issue-details:jira", "read:jql:jira")

ALLOWS = {
    "read:jira-user": "View the profiles of people in Jira",
    "read:jira-work": "View projects, tickets, comments and boards' tickets in Jira",
    "write:jira-work": "Create and change tickets and comments in Jira, as you",
    "read:board-scope:jira-software": "View boards and the tickets on them",
    "read:board-scope.admin:jira-software": "View how boards are set up",
    "read:sprint:jira-software": "View sprints and the tickets in them",
    "write:sprint:jira-software": "Move tickets into sprints, as you",
    "read:project:jira": "View projects",
    "read:issue-details:jira": "View the details of tickets",
    "read:jql:jira": "Use JQL",
    "read:me": "View your own profile",
    "offline_access": "Do all of this also while you are away",
}
"""Each scope that the app is registered for, as the consent page says it."""
