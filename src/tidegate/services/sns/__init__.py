"""SNS: topics, subscriptions, mobile push and SMS."""
