"""Tests of the talk under things."""
