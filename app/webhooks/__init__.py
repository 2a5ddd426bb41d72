"""Webhooks: programs elsewhere that are told what happened here, signed and again until they have heard it.

events     what can be told, and which facts it comes from
sending    one call: signed as the Standard Webhooks specification says, to public addresses only
services   registering, stopping, calling again; what becomes of a call
jobs       what a worker does about calls that are due
"""
