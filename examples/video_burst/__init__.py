"""Traffic grows tenfold, encoders hang and crash, and every job is done, once."""
