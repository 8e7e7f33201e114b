"""What follows from reports: people are told, danger is dispatched at once, leaders hear of what is late."""
