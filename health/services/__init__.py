"""What changes health records: one keyword-only function per change, one transaction each."""
