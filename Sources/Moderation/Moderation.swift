// Moderation
