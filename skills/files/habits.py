"""What people choose the same way again and again with files."""

from skills.skill import Habit

WRITING = {"folder": Habit(label="Folder", ask="Which folder should it go into?")}
SHARING = {"role": Habit(label="Role", ask="What may they do with it?")}
"""Not the people: whom memory put in could open a file that nobody meant for them."""
