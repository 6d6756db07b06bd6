"""What runs plans and reads files back."""
