"""Field reports (phản ánh hiện trường) and the 1022 desk."""
