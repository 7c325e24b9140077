create table api_keys (
    key_hash text primary key,
    account_id text not null,
    permissions text[] not null
);

create table definitions (
    account_id text not null,
    context_type text not null,
    name text not null,
    variable_type text not null,
    options text[],
    primary key (account_id, context_type, name)
);

create table contacts (
    account_id text not null,
    contact_id bigint not null,
    details jsonb not null,
    context jsonb not null default '{}',
    updated_at timestamptz not null default now(),
    primary key (account_id, contact_id)
);
