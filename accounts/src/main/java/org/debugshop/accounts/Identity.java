package org.debugshop.accounts;

/**
 * Whom a request comes from.
 *
 * @param id the id of the user; the subject of a token
 * @param name the username
 */
record Identity(String id, String name) {

    static Identity of(User user) {
        return new Identity(user.id().toString(), user.username());
    }
}
