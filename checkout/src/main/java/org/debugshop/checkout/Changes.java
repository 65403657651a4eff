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
}
