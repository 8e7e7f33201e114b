"""Speed measured: what the platform's main operations cost, beside the least that the same machine can do them for."""
