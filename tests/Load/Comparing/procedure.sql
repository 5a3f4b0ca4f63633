-- What a sensible team would build instead: tables, and a function that checks and files one transfer, or many.
-- Keys are numbers and no index serves but primary keys, to its favour.

CREATE TABLE party (id int PRIMARY KEY, code text NOT NULL, joined date NOT NULL, withdrawn date);

CREATE TABLE notice (
  party int, filer int, id text, sender int NOT NULL, recipient int NOT NULL, item int NOT NULL,
  quantity bigint NOT NULL, day date NOT NULL, filed timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (party, filer, id));

-- Room for new versions of a row in its page.
CREATE TABLE stock (party int, item int, quantity bigint NOT NULL, PRIMARY KEY (party, item)) WITH (fillfactor = 50);

CREATE TABLE finding (
  party int NOT NULL, filer int NOT NULL, notice text NOT NULL, rule text NOT NULL, severity smallint NOT NULL,
  filed timestamptz NOT NULL DEFAULT now());

-- An id that is used already is refused by the primary key. Stocks come last, for their rows stay locked until the
-- commit is on the disk, and always in the same order, so that nobody waits in a circle.
CREATE FUNCTION file_notice(p_id text, p_sender int, p_recipient int, p_item int, p_quantity bigint, p_day date)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_sender_bound boolean;
  v_recipient_bound boolean;
  v_rule text;
BEGIN
  SELECT s.joined <= p_day AND (s.withdrawn IS NULL OR p_day < s.withdrawn),
    r.joined <= p_day AND (r.withdrawn IS NULL OR p_day < r.withdrawn)
  INTO STRICT v_sender_bound, v_recipient_bound
  FROM party s, party r WHERE s.id = p_sender AND r.id = p_recipient;
  v_rule := CASE WHEN v_sender_bound OR v_recipient_bound THEN 'APM-50' ELSE 'APM-03' END;
  INSERT INTO notice (party, filer, id, sender, recipient, item, quantity, day) VALUES
    (p_sender, p_sender, p_id, p_sender, p_recipient, p_item, p_quantity, p_day),
    (p_recipient, p_sender, p_id, p_sender, p_recipient, p_item, p_quantity, p_day);
  INSERT INTO finding (party, filer, notice, rule, severity) VALUES (p_recipient, p_sender, p_id, v_rule, 2);
  IF p_sender < p_recipient THEN
    UPDATE stock SET quantity = quantity - p_quantity WHERE party = p_sender AND item = p_item;
    UPDATE stock SET quantity = quantity + p_quantity WHERE party = p_recipient AND item = p_item;
  ELSE
    UPDATE stock SET quantity = quantity + p_quantity WHERE party = p_recipient AND item = p_item;
    UPDATE stock SET quantity = quantity - p_quantity WHERE party = p_sender AND item = p_item;
  END IF;
  RETURN v_rule;
END $$;

-- The same for many at once, each table written by one statement.
CREATE FUNCTION file_notices(
  p_ids text[], p_senders int[], p_recipients int[], p_items int[], p_quantities bigint[], p_days date[])
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_filed int;
BEGIN
  WITH given AS MATERIALIZED (
    SELECT g.*, s.joined <= g.day AND (s.withdrawn IS NULL OR g.day < s.withdrawn)
      OR r.joined <= g.day AND (r.withdrawn IS NULL OR g.day < r.withdrawn) AS is_bound
    FROM unnest(p_ids, p_senders, p_recipients, p_items, p_quantities, p_days)
      AS g (id, sender, recipient, item, quantity, day)
    JOIN party s ON s.id = g.sender JOIN party r ON r.id = g.recipient
  ), filed AS (
    INSERT INTO notice (party, filer, id, sender, recipient, item, quantity, day)
    SELECT side.party, sender, id, sender, recipient, item, quantity, day
    FROM given, LATERAL (VALUES (sender), (recipient)) AS side (party)
  )
  INSERT INTO finding (party, filer, notice, rule, severity)
  SELECT recipient, sender, id, CASE WHEN is_bound THEN 'APM-50' ELSE 'APM-03' END, 2 FROM given;
  GET DIAGNOSTICS v_filed = ROW_COUNT;
  IF v_filed <> cardinality(p_ids) THEN
    RAISE foreign_key_violation USING MESSAGE = 'some of the parties are not known';
  END IF;

  WITH moved AS MATERIALIZED (
    SELECT m.party, m.item, sum(m.quantity)::bigint AS quantity
    FROM unnest(p_senders || p_recipients, p_items || p_items,
      (SELECT array_agg(-q) FROM unnest(p_quantities) q) || p_quantities) AS m (party, item, quantity)
    GROUP BY m.party, m.item
  ), locked AS MATERIALIZED (
    SELECT s.party, s.item, m.quantity
    FROM stock s JOIN moved m ON m.party = s.party AND m.item = s.item
    ORDER BY s.party, s.item FOR NO KEY UPDATE OF s
  )
  UPDATE stock s SET quantity = s.quantity + l.quantity
  FROM locked l WHERE s.party = l.party AND s.item = l.item;
  RETURN v_filed;
END $$;
