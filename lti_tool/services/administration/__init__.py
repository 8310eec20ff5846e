"""The console's accounts: who may sign in, and what each may see and change."""
