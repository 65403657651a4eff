create table users (
    id         uuid primary key,
    username   text not null unique,
    email      text not null,
    -- bcrypt
    password   text not null,
    created_at timestamptz not null
);

-- The keys that tokens are signed with. A key stays until the last token that it has signed has expired.
create table signing_key (
    kid         text primary key,
    -- ES256 or RS256
    algorithm   text not null,
    -- X.509, base64
    public_key  text not null,
    -- PKCS #8, base64. Null if it is the TOKEN_KEY of a replica, which is not kept here.
    private_key text,
    -- 1, 2, 3 ... for the keys that are made here, so that of two replicas only one makes the next. Null for a TOKEN_KEY.
    generation  integer unique,
    created_at  timestamptz not null,
    -- Later than the end of each token that it has signed.
    expires_at  timestamptz not null
);
