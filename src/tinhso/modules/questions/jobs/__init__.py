"""What follows: people are told, answers are looked at again in time, units hear of what nobody answers."""
