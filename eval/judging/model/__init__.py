"""The judge that asks a language model: rubrics with anchored levels, evidence quoted and checked, nothing guessed."""
