"""What the link's pages, jobs and checks ask for."""
