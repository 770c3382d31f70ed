"""What stands for the outside on a laptop: Daraja, the mailbox, the carrier and its handsets."""
