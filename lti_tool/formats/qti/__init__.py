"""What QTI 2.1 and QTI 3.0 share: one template per element, adapted to each version."""
