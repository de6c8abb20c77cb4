"""Raw values of a column with a role → typed values, decided from all values of the column."""
