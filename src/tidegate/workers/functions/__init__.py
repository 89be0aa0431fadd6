"""Lambda and Firehose: calls of AWS's APIs at whatever serves them."""
