"""What the model and strangers wrote, made so that nothing in it acts or hides; the same for every surface."""
