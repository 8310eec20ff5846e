"""Planning: which form each question takes in an LMS, and the remarks that go with it."""
