"""What people type to PartnerDesk, forgivingly read: tokens, commands and their arguments. Pure."""
