"""Databases of the company: what may be asked of them, the one way in which it is asked, and how they are set up."""
