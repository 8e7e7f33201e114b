"""What tests of every part share: a province, people by role, and jobs that run when a test says so."""
