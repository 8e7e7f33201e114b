"""How somebody proves who they are: the national e-ID, an officials' directory, proving it anew, and sessions."""
