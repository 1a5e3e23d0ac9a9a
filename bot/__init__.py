"""What PartnerDesk does: reading, the desk's use cases, the cards, and the way out to Slack."""
