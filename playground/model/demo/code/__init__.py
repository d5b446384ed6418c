"""Python that the demo model writes for the sandbox: short programs that anybody can read and run again."""
