"""All writes about personal data: the schedule, ending what is due, holds, requests, downloads, closing."""
