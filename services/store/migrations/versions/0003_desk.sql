-- What organisations have handed in and not said yes to yet. Names of people stand in sealed columns only.
CREATE SCHEMA desk;
COMMENT ON SCHEMA desk IS 'sheets that were handed in, until they are confirmed, and how their columns were read';

CREATE TABLE desk.upload (
    id text COLLATE "C" PRIMARY KEY,
    organisation text COLLATE "C" NOT NULL,
    on_behalf_of text COLLATE "C",
    layout text,
    file_name text NOT NULL,
    digest bytea NOT NULL,
    state text NOT NULL,
    counts jsonb NOT NULL DEFAULT '{}',
    edition integer NOT NULL DEFAULT 0,
    note text,
    events integer,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    confirmed_at timestamptz,
    rows bytea,
    preview bytea,
    marked bytea,
    CONSTRAINT upload_state CHECK (state IN ('reading', 'refused', 'previewed', 'confirming', 'confirmed', 'discarded',
                                             'expired')),
    CONSTRAINT upload_kept CHECK (state IN ('reading', 'refused', 'previewed', 'confirming')
                                  OR (rows IS NULL AND preview IS NULL AND marked IS NULL))
);
COMMENT ON COLUMN desk.upload.edition IS 'counts the previews: one that was replaced meanwhile cannot be confirmed';
COMMENT ON COLUMN desk.upload.events IS 'of a confirmed one: how many events it brought that were not there before';
COMMENT ON COLUMN desk.upload.digest IS 'sha256 of the file';
COMMENT ON COLUMN desk.upload.rows IS 'the cells as read, CPR numbers blotted out; sealed by the vault, as the two below';
CREATE INDEX upload_by_organisation ON desk.upload (organisation, created_at);
CREATE INDEX upload_open ON desk.upload (created_at) WHERE rows IS NOT NULL OR state = 'reading';

CREATE TABLE desk.mapping (
    organisation text COLLATE "C" NOT NULL,
    signature text COLLATE "C" NOT NULL,
    mapping jsonb NOT NULL,
    used_at timestamptz NOT NULL,
    CONSTRAINT mapping_pkey PRIMARY KEY (organisation, signature)
);
COMMENT ON TABLE desk.mapping IS 'what the columns of a form of sheet mean, as people of the organisation have said';

-- Roles belong to the whole server: another database of it may have made them, or be making them at this moment.
DO $$
BEGIN
    BEGIN
        -- Made by the server's administrator beforehand, where we may make none (README).
        IF to_regrole('bygspor_desk') IS NULL THEN
            CREATE ROLE bygspor_desk NOLOGIN;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
    -- Whoever migrates also serves. A superuser is every role already.
    IF NOT pg_has_role(current_user, 'bygspor_desk', 'SET') THEN
        GRANT bygspor_desk TO CURRENT_USER;
    END IF;
END
$$;

ALTER TABLE desk.upload ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk.mapping ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON desk.upload TO bygspor_desk, bygspor_gateway
    USING (organisation = (SELECT access.me())) WITH CHECK (organisation = (SELECT access.me()));
CREATE POLICY own ON desk.mapping TO bygspor_desk, bygspor_gateway
    USING (organisation = (SELECT access.me())) WITH CHECK (organisation = (SELECT access.me()));

GRANT USAGE ON SCHEMA desk TO bygspor_desk, bygspor_gateway;
GRANT USAGE ON SCHEMA access TO bygspor_desk;
GRANT SELECT, INSERT, UPDATE ON desk.upload TO bygspor_desk;
GRANT SELECT, INSERT, UPDATE, DELETE ON desk.mapping TO bygspor_desk;
GRANT SELECT ON desk.upload, desk.mapping TO bygspor_gateway;
