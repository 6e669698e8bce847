"""What changes touchpoints and imports: one keyword-only function per change."""
