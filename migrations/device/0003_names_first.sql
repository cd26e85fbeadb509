-- The words of names alone: who is called Nguyễn comes before who lives in Nguyễn Văn Linh. A table of its own, because a
-- column of `search` would walk through everybody who lives there to find that nobody is called so.
-- The program fills it from the registrations in the same transaction.
CREATE VIRTUAL TABLE name_search USING fts5 (
  folded, exact,
  tokenize = 'ascii', prefix = '1 2 3 4 5 6', detail = column, columnsize = 0
);
INSERT INTO name_search (name_search, rank) VALUES ('secure-delete', 1);
