"""What is sent to addresses that others choose: only to public ones, and only over HTTPS."""
