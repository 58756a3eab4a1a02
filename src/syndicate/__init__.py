"""syndicate finds reprinted and syndicated news, and says why."""
