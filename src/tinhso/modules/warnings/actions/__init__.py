"""What is done with warnings: writing, publishing, withdrawing, subscribing, telling."""
