-- Migrations expect the names of before. A renamed column may be left if the process before was killed (docs/failures.md, missing-column).
do $$ begin
    if exists (select from pg_attribute where attrelid = to_regclass('receipt') and attname = 'content') then
        alter table receipt rename column content to document;
    end if;
end $$;
