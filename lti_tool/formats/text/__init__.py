"""Text that plans and packages share: phrases in the language of the exam, and text for XML."""
