"""What is open, in memory beside the database: what any page of the queue is found and counted by."""
