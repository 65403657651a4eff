package org.debugshop.checkout;

import java.util.Locale;

/** What may happen to the database of orders, and what repairs it: each is some statements of SQL that may be executed twice. */
final class Changes {

    private Changes() {}

    /** Each order is entered into a journal that takes this long. */
    static String slowTrigger(double milliseconds) {
        return String.format(Locale.ROOT, """
                create or replace function journal_order() returns trigger language plpgsql as $$
                begin
                    perform pg_sleep(%.3f);
                    return new;
                end $$;
                create or replace trigger journal before insert on orders for each row execute function journal_order()""",
                milliseconds / 1000);
    }

    static final String NO_TRIGGER = """
            do $$ begin
                if to_regproc('journal_order') is not null then
                    drop trigger if exists journal on orders;
                    drop function journal_order();
                end if;
            end $$""";

    /**
     * The index for the list of a user's orders is missing, and there are this many orders of the past. They are in a table of their own
     * that inherits from {@code orders}, so queries read it like a part of {@code orders}, and its removal is quick and leaves nothing. It
     * has indexes for the other queries of users. It is filled before it belongs to {@code orders}, so that no query waits for that.
     */
    static String noIndex(double rows) {
        return String.format(Locale.ROOT, """
                create table orders_past (like orders including defaults including constraints) with (parallel_workers = 0);
                insert into orders_past (id, user_id, placed_at, fingerprint, document)
                select gen_random_uuid(), 'former-customer', now() - i * interval '20 milliseconds', '', '{}'
                from generate_series(1, %.0f) i;
                create index on orders_past (id);
                create index on orders_past (idempotency_key) where idempotency_key is not null;
                analyze orders_past;
                drop table if exists orders_archive;
                alter table orders_past rename to orders_archive;
                alter table orders_archive inherit orders;
                drop index if exists orders_of_user""", rows);
    }

    static final String INDEX = """
            do $$ begin
                if to_regclass('orders_of_user') is null then
                    create index orders_of_user on orders (user_id, placed_at desc, id desc);
                end if;
            end $$;
            drop table if exists orders_archive""";

    /** A column of receipts has the name that it gets in the next version. */
    static String renamedColumn() {
        return rename("document", "content");
    }

    /** The same as {@code db/migration/beforeMigrate.sql}, which repairs it when the service starts. */
    static final String COLUMN = rename("content", "document");

    private static String rename(String from, String to) {
        return """
                do $$ begin
                    if exists (select from pg_attribute where attrelid = to_regclass('receipt') and attname = '%1$s') then
                        alter table receipt rename column %1$s to %2$s;
                    end if;
                end $$""".formatted(from, to);
    }
}
