-- The words of names alone: who is called Nguyễn comes before who lives in Nguyễn Văn Linh. A table of its own, because a
-- column of `search` would walk through everybody who lives there to find that nobody is called so. `search` is emptied,
-- as it is to hold the year of birth too; the program fills both from the registrations in the same transaction.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
  folded, exact, numbers,
  tokenize = 'ascii', prefix = '1 2 3 4 5 6', detail = column, columnsize = 0
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

CREATE VIRTUAL TABLE name_search USING fts5 (
  folded, exact,
  tokenize = 'ascii', prefix = '1 2 3 4 5 6', detail = column, columnsize = 0
);
INSERT INTO name_search (name_search, rank) VALUES ('secure-delete', 1);
