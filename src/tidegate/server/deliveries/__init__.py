"""The deliveries of SNS: between the hidden queues, where messages wait, and the workers that send
them."""
