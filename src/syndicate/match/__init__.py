"""What two documents share, exactly, and what it means."""
