"""What is done on a line: taking messages in, answering, sending, renewing tokens."""
