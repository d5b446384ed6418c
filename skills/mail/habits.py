"""What people choose the same way again and again with mail."""

from skills.skill import Habit

# Whom a mail goes to is no habit: an address that memory put in would send it to somebody whom nobody named.
SIGNING = {"sign_off": Habit(label="Sign-off", ask="How do you sign your mails?", is_shaping=True)}
