"""Online reporting of units to the office that asked."""
