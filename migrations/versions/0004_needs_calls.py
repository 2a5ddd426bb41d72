"""needs calls and their answers

Why: what members need to learn is asked for and kept in Baraza, each platform's answer by itself, so
that shared needs can be seen and followed.
"""

from alembic import op
import sqlalchemy as sa
import app.db


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('needs_call',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('about', sa.JSON(), nullable=False),
    sa.Column('region', sa.String(length=80), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('remind_every', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('opened_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('closed_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('created_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('changed_at', app.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("state = 'draft' OR opened_at IS NOT NULL", name=op.f('ck_needs_call_opened_when_open')),
    sa.CheckConstraint("state IN ('draft', 'open', 'closed')", name=op.f('ck_needs_call_known_state')),
    sa.CheckConstraint('remind_every BETWEEN 0 AND 60', name=op.f('ck_needs_call_known_rhythm')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_needs_call_group_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_needs_call')),
    sa.UniqueConstraint('code', name=op.f('uq_needs_call_code'))
    )
    with op.batch_alter_table('needs_call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_needs_call_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_needs_call_state'), ['state'], unique=False)

    op.create_table('needs_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('way', sa.String(length=12), nullable=False),
    sa.Column('answered_by', sa.String(length=200), nullable=False),
    sa.Column('answered_for', sa.Boolean(), nullable=False),
    sa.Column('confirmed_by', sa.String(length=200), nullable=False),
    sa.Column('confirmed_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('link_number', sa.Integer(), nullable=False),
    sa.Column('asked_at', app.db.Instant(timezone=True), nullable=False),
    sa.Column('changed_at', app.db.Instant(timezone=True), nullable=True),
    sa.Column('handed_in_at', app.db.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("state != 'handed_in' OR handed_in_at IS NOT NULL", name=op.f('ck_needs_answer_handed_in_when')),
    sa.CheckConstraint("state IN ('not_begun', 'begun', 'handed_in')", name=op.f('ck_needs_answer_known_state')),
    sa.CheckConstraint("way IN ('', 'link', 'account', 'secretary', 'sheet')", name=op.f('ck_needs_answer_known_way')),
    sa.ForeignKeyConstraint(['call_id'], ['needs_call.id'], name=op.f('fk_needs_answer_call_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['contact_id'], ['person.id'], name=op.f('fk_needs_answer_contact_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_needs_answer_organisation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_needs_answer')),
    sa.UniqueConstraint('call_id', 'organisation_id', name=op.f('uq_needs_answer_call_id_organisation_id'))
    )
    with op.batch_alter_table('needs_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_needs_answer_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_needs_answer_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_needs_answer_state'), ['state'], unique=False)

    op.create_table('needs_call_chosen',
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['needs_call.id'], name=op.f('fk_needs_call_chosen_call_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_needs_call_chosen_organisation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('call_id', 'organisation_id', name=op.f('pk_needs_call_chosen'))
    )
    with op.batch_alter_table('needs_call_chosen', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_needs_call_chosen_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('needs_call_topic',
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['needs_call.id'], name=op.f('fk_needs_call_topic_call_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_needs_call_topic_topic_id')),
    sa.PrimaryKeyConstraint('call_id', 'topic_id', name=op.f('pk_needs_call_topic'))
    )
    with op.batch_alter_table('needs_call_topic', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_needs_call_topic_topic_id'), ['topic_id'], unique=False)

    op.create_table('needs_letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('to_name', sa.String(length=200), nullable=False),
    sa.Column('sent_at', app.db.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('invitation', 'reminder', 'last_days', 'link', 'confirmation')", name=op.f('ck_needs_letter_known_kind')),
    sa.ForeignKeyConstraint(['answer_id'], ['needs_answer.id'], name=op.f('fk_needs_letter_answer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_needs_letter'))
    )
    with op.batch_alter_table('needs_letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_needs_letter_answer_id'), ['answer_id'], unique=False)

    op.create_table('needs_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('how_much', sa.Integer(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('page', sa.String(length=32), nullable=False),
    sa.CheckConstraint('how_much BETWEEN 0 AND 3', name=op.f('ck_needs_line_known_weight')),
    sa.CheckConstraint('people BETWEEN 0 AND 10000', name=op.f('ck_needs_line_sensible_people')),
    sa.ForeignKeyConstraint(['answer_id'], ['needs_answer.id'], name=op.f('fk_needs_line_answer_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_needs_line_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_needs_line')),
    sa.UniqueConstraint('answer_id', 'topic_id', name=op.f('uq_needs_line_answer_id_topic_id'))
    )
    with op.batch_alter_table('needs_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_needs_line_topic_id'), ['topic_id'], unique=False)

    op.create_table('needs_offer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('page', sa.String(length=32), nullable=False),
    sa.CheckConstraint('level BETWEEN 1 AND 3', name=op.f('ck_needs_offer_known_level')),
    sa.ForeignKeyConstraint(['answer_id'], ['needs_answer.id'], name=op.f('fk_needs_offer_answer_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_needs_offer_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_needs_offer')),
    sa.UniqueConstraint('answer_id', 'topic_id', name=op.f('uq_needs_offer_answer_id_topic_id'))
    )
    with op.batch_alter_table('needs_offer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_needs_offer_topic_id'), ['topic_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('needs_offer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_needs_offer_topic_id'))

    op.drop_table('needs_offer')
    with op.batch_alter_table('needs_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_needs_line_topic_id'))

    op.drop_table('needs_line')
    with op.batch_alter_table('needs_letter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_needs_letter_answer_id'))

    op.drop_table('needs_letter')
    with op.batch_alter_table('needs_call_topic', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_needs_call_topic_topic_id'))

    op.drop_table('needs_call_topic')
    with op.batch_alter_table('needs_call_chosen', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_needs_call_chosen_organisation_id'))

    op.drop_table('needs_call_chosen')
    with op.batch_alter_table('needs_answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_needs_answer_state'))
        batch_op.drop_index(batch_op.f('ix_needs_answer_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_needs_answer_contact_id'))

    op.drop_table('needs_answer')
    with op.batch_alter_table('needs_call', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_needs_call_state'))
        batch_op.drop_index(batch_op.f('ix_needs_call_group_id'))

    op.drop_table('needs_call')
