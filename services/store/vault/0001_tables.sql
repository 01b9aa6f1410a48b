-- Nothing here can be read without the key file; nothing here is needed to compute a figure.

CREATE TABLE key_version (
    version integer PRIMARY KEY,
    fingerprint bytea NOT NULL
);
COMMENT ON TABLE key_version IS 'Which master keys belong to this vault, without the keys';

CREATE TABLE subject (
    subject_id text COLLATE "C" PRIMARY KEY,
    circle text COLLATE "C" NOT NULL,
    key_version integer NOT NULL REFERENCES key_version,
    hmac bytea NOT NULL,
    UNIQUE (circle, key_version, hmac)
);
COMMENT ON TABLE subject IS 'A CPR number of one linking circle, as a keyed digest, and the random id it goes by';

CREATE TABLE data_key (
    owner text COLLATE "C" PRIMARY KEY,
    key_version integer NOT NULL REFERENCES key_version,
    wrapped bytea NOT NULL
);
COMMENT ON TABLE data_key IS 'The key of one person''s names (owner: person id) or one organisation''s uploads (owner: CVR number)';

CREATE TABLE name (
    organisation text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL REFERENCES data_key (owner) ON DELETE CASCADE,
    ciphertext bytea NOT NULL,
    key_version integer NOT NULL REFERENCES key_version,
    lookup bytea NOT NULL,
    PRIMARY KEY (organisation, person)
);
CREATE INDEX name_by_lookup ON name (organisation, lookup);
CREATE INDEX name_by_person ON name (person);
COMMENT ON TABLE name IS 'What one organisation calls a person; lookup is a keyed digest of the normalised name';

-- Roles that read boards live on the same server: none of them has any business here.
DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()); END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
