"""Known damage done to dialogues: does the judge see it, in the right dimension and in no other?"""
