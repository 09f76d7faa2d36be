"""What people take along: photos and results of a selection, streamed in flat memory."""
