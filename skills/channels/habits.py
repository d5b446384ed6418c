"""What people choose the same way again and again in Slack's channels."""

from skills.skill import Habit

READING = {"channel": Habit(label="Channel", ask="Which channel should I read?")}
POSTING = {"channel": Habit(label="Channel", ask="Which channel should this go to?")}
