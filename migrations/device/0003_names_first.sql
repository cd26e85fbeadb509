-- Search tells a person's name from everything else, so that who is called Nguyễn comes before who lives in Nguyễn Văn Linh.
-- The program fills it from the registrations in the same transaction.

DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
  name, name_marks, other, other_marks, numbers,
  tokenize = 'ascii', prefix = '1 2 3 4 5 6', detail = column, columnsize = 0
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
